"""A library on a Chroma server, which processes on several machines share; loaded where `CHROMA_HOST` names one."""
