def to_source_load(*a): raise NotImplementedError
