"""Loads the Online Retail II data set (Chen, D.; UCI Machine Learning Repository; CC BY 4.0) into a shop."""
