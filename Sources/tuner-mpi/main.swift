print("tuner-mpi")
