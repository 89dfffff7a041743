namespace DVStakers.Edge.Agent.Cluster;

/// <summary>Something about the cluster's files that a person must put right. The message names the file, what is wrong with it and the remedy.</summary>
internal sealed class MembershipException(string where, string text) : Exception($"{where}: {text}")
{
    public string Where => where;
    public string Text => text;
}
