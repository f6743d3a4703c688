"""Makes the folder images and images.json: small images in the formats that ImageFolderTests reads, and what Pillow
makes of them.

    python3 -m pip install pillow numpy
    python3 images.py
"""

import json
import pathlib

import numpy as np
from PIL import Image

folder = pathlib.Path(__file__).parent / "images"
y, x = np.mgrid[0:12, 0:9]
colors = np.stack([20 * y, 25 * x, 255 - 10 * (x + y)], axis=-1).astype(np.uint8)
images = {
    "cat/a.png": Image.fromarray(colors),
    "cat/b.png": Image.fromarray(colors[:, :, 0]),
    "dog/a.jpg": Image.fromarray(colors),
    "dog/b.png": Image.fromarray(np.dstack([colors, np.full((12, 9), 255, np.uint8)])),
    "dog/c.jpg": Image.fromarray(colors[:, :, 1]),
    "dog/d.png": Image.fromarray(colors).quantize(16),
}
expected = []
for name, image in images.items():
    (folder / name).parent.mkdir(parents=True, exist_ok=True)
    image.save(folder / name)
    colored = Image.open(folder / name).convert("RGB").resize((3, 4), Image.Resampling.BOX)
    expected.append(np.asarray(colored).transpose(2, 0, 1).flatten().tolist())
(folder.parent / "images.json").write_text(json.dumps(expected))
