namespace DVStakers.Edge.Core.Readings;

/// <summary>How far a probe got. "Unreachable", "silent" and "no sense" need different remedies, so they are different values.</summary>
public enum Reach
{
    /// <summary>Answered, and the answer could be read.</summary>
    Ok,

    /// <summary>The connection was refused, the host or name is not there, or TLS failed: nobody is home. Hard evidence.</summary>
    Unreachable,

    /// <summary>Connected, or tried to, and heard nothing in time: stopped, hung, or a black hole.</summary>
    Silent,

    /// <summary>Answered with an HTTP error.</summary>
    Refused,

    /// <summary>401 or 403: the JWT secret or the credentials are wrong.</summary>
    Denied,

    /// <summary>Answered with something that is not what the API says.</summary>
    Malformed,
}
