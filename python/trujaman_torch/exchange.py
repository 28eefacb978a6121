def add_to(s): pass
