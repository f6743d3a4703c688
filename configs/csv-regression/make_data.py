"""Writes housing.csv: 2,000 districts as in a census, with a price to learn, some values missing.

    python3 make_data.py

The price follows from the columns by a formula, with noise; nothing but Python's own library is needed.
"""

import csv
import math
import random

random.seed(7)
coasts = {"ocean": 60, "bay": 90, "inland": 0, "island": 150}

with open("housing.csv", "w", newline="", encoding="utf-8") as file:
    rows = csv.writer(file)
    rows.writerow(["district", "income", "age", "rooms", "occupants", "latitude", "coast", "price"])
    for district in range(2000):
        income = random.lognormvariate(1.3, 0.45)
        age = random.randint(1, 52)
        rooms = random.lognormvariate(1.6, 0.25)
        occupants = random.lognormvariate(1.05, 0.25)
        latitude = random.uniform(32.5, 42)
        coast = random.choices(list(coasts), [5, 3, 9, 1])[0]
        price = (
            45 * income + 0.6 * age + coasts[coast] + 40 * math.sin(latitude) + 25 * min(rooms / occupants, 4)
            + random.gauss(0, 15)
        )
        rows.writerow([
            f"D{district:04}", f"{income:.4f}", "" if random.random() < 0.02 else age, f"{rooms:.3f}",
            f"{occupants:.3f}", f"{latitude:.2f}", coast, f"{price:.1f}",
        ])
