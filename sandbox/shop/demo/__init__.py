"""Makes the demo shop: believable, the same each time, and two years old on the day it is made."""
