// Tuner
