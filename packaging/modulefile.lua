-- tuner-mpi for Lmod. `make install` fills in the prefix and leaves it in share/modulefiles; `module use` that folder.
help([[One MPI job that turns an allocation into the best model it can buy: tuner-mpi --help, man tuner-mpi.
Examples, batch scripts and the JSON Schema of experiment files lie in $TUNER_MPI_SHARE.]])
whatis("Name: tuner-mpi")
whatis("Version: @VERSION@")
whatis("Description: hyperparameter search and population based training within one MPI job")

local prefix = "@PREFIX@"
prepend_path("PATH", pathJoin(prefix, "bin"))
prepend_path("MANPATH", pathJoin(prefix, "share/man"))
prepend_path("CPATH", pathJoin(prefix, "include"))
-- The Python client, for scripts that are tuned.
prepend_path("PYTHONPATH", pathJoin(prefix, "share/tuner-mpi/python"))
setenv("TUNER_MPI", pathJoin(prefix, "bin/tuner-mpi"))
setenv("TUNER_MPI_SHARE", pathJoin(prefix, "share/tuner-mpi"))
-- The program must find the MPI that it was built with: load that module first, or name it here.
-- depends_on("openmpi")
