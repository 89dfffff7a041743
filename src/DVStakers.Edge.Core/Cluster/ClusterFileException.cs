namespace DVStakers.Edge.Core.Cluster;

/// <summary>A file of the cluster that cannot be used; the message names the place in it and the remedy.</summary>
public class ClusterFileException(string message) : Exception(message);

/// <summary>The same, of a roster.</summary>
public sealed class RosterException(string message) : ClusterFileException(message);
