# A Spack repository of one package. From a clone of tuner-mpi:
#
#   spack repo add packaging/spack
#   spack dev-build tuner-mpi@main            # builds this clone
#
# Spack has no Swift: the recipe takes the toolchain, 6.2 or later, that is in PATH.
from spack.package import *


class TunerMpi(MakefilePackage):
    """Hyperparameter search and population based training within one MPI job."""

    version("main")

    depends_on("c", type="build")
    depends_on("cxx", type="build")
    depends_on("pkgconfig", type="build")
    depends_on("mpi")
    depends_on("hdf5 ~mpi")
    depends_on("zlib-api")
    depends_on("libpng")
    depends_on("jpeg")
    depends_on("python", type="build")
    depends_on("py-torch", type=("build", "link", "run"))

    def setup_build_environment(self, env):
        packages = join_path(self.spec["py-torch"].prefix, self.spec["python"].package.platlib)
        env.set("TORCH_HOME", join_path(packages, "torch"))
        env.set("TUNER_HDF5_PKG_CONFIG", "hdf5")
        env.set("TUNER_MPI_PKG_CONFIG", self.mpi_module)

    @property
    def mpi_module(self):
        """What pkg-config calls the MPI's C interface."""
        return "mpich" if self.spec["mpi"].name in ("mpich", "mvapich") else "ompi-c"

    @property
    def build_targets(self):
        return ["build"]

    @property
    def install_targets(self):
        return ["install", f"PREFIX={self.prefix}"]
