namespace DVStakers.Edge.Agent.Updates;

/// <summary>An update, or a step of it, that cannot be done; the message names the place and the remedy.</summary>
internal sealed class UpdateException(string message, Exception? inner = null) : Exception(message, inner);
