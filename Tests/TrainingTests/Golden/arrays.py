"""Makes arrays/: files as NumPy writes them, for NumPyDataTests.

    python3 arrays.py
"""

import pathlib

import numpy as np

folder = pathlib.Path(__file__).with_suffix("")
folder.mkdir(exist_ok=True)

samples = np.arange(24).reshape(4, 2, 3)
labels = np.array([0, 2, 1, 0])
for kind in ("<f4", ">f4", "<f8", ">f8", "<f2", "|i1", "<i2", ">i4", "<i8", "|u1", ">u2", "<u4", "<u8"):
    name = kind.replace("<", "little-").replace(">", "big-").replace("|", "")
    np.save(folder / f"samples-{name}.npy", samples.astype(kind))
np.save(folder / "labels.npy", labels)
np.save(folder / "targets.npy", np.array([[0.5, -1], [1.5, -2], [2.5, -3], [3.5, -4]]))
np.save(folder / "truths.npy", np.array([True, False, True, False]))
np.save(folder / "fortran.npy", np.asfortranarray(samples.astype("<f4")))
np.save(folder / "complex.npy", samples.astype("<c8"))
for version in ((2, 0), (3, 0)):
    with open(folder / f"version-{version[0]}.npy", "wb") as file:
        np.lib.format.write_array(file, samples.astype("<f4"), version=version)
np.savez(folder / "stored.npz", samples=samples.astype("<f4"), labels=labels)
np.savez_compressed(folder / "deflated.npz", samples=samples.astype("<f4"), labels=labels)
