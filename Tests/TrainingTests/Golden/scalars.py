"""Makes scalars.h5: the same six samples of four features, and their labels, in every type that numbers come in.

python scalars.py scalars.h5        h5py 3
"""
import sys

import h5py
import numpy as np

values = np.tile([[0], [1], [1], [0], [1], [0]], (1, 4))
halves = np.arange(24).reshape(6, 4) / 2 - 3

with h5py.File(sys.argv[1], "w") as file:
    for kind in ["<f2", ">f2", "<f4", ">f4", "<f8", ">f8"]:
        file["floats " + kind] = halves.astype(kind)
    for kind in ["i1", "u1", "<i2", ">i2", "<u2", "<i4", ">i4", "<u4", "<i8", ">i8", "<u8", ">u8"]:
        file["integers " + kind] = values.astype(kind)
        file["labels " + kind] = np.array([0, 1, 2, 0, 1, 2], kind)
    file["booleans"] = values.astype(bool)
    file["labels bool"] = np.array([0, 1, 1, 0, 1, 0], bool)
    # bfloat16: the upper half of a 32-bit float.
    kind = h5py.h5t.IEEE_F16LE.copy()
    kind.set_fields(15, 7, 8, 0, 7)
    kind.set_ebias(127)
    space = h5py.h5s.create_simple((6, 4))
    data = h5py.h5d.create(file.id, b"bfloat16", kind, space)
    upper = (halves.astype("<f4").view("<u4") >> 16).astype("<u2")
    data.write(h5py.h5s.ALL, h5py.h5s.ALL, np.ascontiguousarray(upper), kind)
    file["complex"] = np.zeros((6, 4), "c8")
    file["texts"] = ["a"] * 6
