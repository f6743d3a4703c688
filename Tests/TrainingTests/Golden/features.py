"""Makes features.json: what scikit-learn makes of a table's columns, for FeaturesTests.

    PYTHONPATH=... python3 features.py
"""

import json
import pathlib

import numpy as np
from sklearn.decomposition import PCA
from sklearn.preprocessing import MinMaxScaler, PolynomialFeatures, RobustScaler, StandardScaler

rows = np.random.default_rng(3).normal(size=(40, 3)) * [1, 20, 0.1] + [5, -3, 0]
rows = (rows ** 2 / 7).astype(np.float32).astype(np.float64)
standard = StandardScaler().fit_transform(rows)
cases = {}
for scaling, scaler in [("standard", StandardScaler()), ("minmax", MinMaxScaler()), ("robust", RobustScaler())]:
    for degree in [1, 2, 3]:
        scaled = scaler.fit_transform(rows)
        features = PolynomialFeatures(degree, include_bias=False).fit_transform(scaled)
        features[:, 3:] = StandardScaler().fit_transform(features[:, 3:]) if degree > 1 else features[:, 3:]
        for components in [0, 2]:
            result = features
            if components:
                pca = PCA(components, svd_solver="full").fit(features)
                signs = [np.sign(axis[np.abs(axis).argmax()]) for axis in pca.components_]
                result = pca.transform(features) * signs
            cases[f"{scaling} {degree} {components}"] = result[:4].flatten().tolist()
folder = pathlib.Path(__file__).parent
(folder / "features.json").write_text(json.dumps({
    "standard": standard.flatten().tolist(), "rows": rows.flatten().tolist(), "means": rows.mean(0).tolist(),
    "deviations": rows.std(0).tolist(), "cases": cases}))
