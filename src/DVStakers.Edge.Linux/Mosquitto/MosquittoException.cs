namespace DVStakers.Edge.Linux.Mosquitto;

/// <summary>libmosquitto refused a call. The message says why, in words that fit after a colon.</summary>
public sealed class MosquittoException(string message) : Exception(message);
