from storage import desk_tables

__all__ = ["desk_tables"]
