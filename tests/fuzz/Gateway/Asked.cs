using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace DVStakers.Edge.Fuzz.Gateway;

/// <summary>One request as the server understood it, and what became of it. An input can have several.</summary>
internal sealed class Asked(HttpContext context, byte[] input)
{
    private int reached;

    public byte[] Input { get; } = input;
    public string Method { get; } = context.Request.Method;
    public string Path { get; } = context.Request.Path.Value ?? "";
    public string Query { get; } = context.Request.QueryString.Value ?? "";
    public string RawTarget { get; } = context.Features.Get<IHttpRequestFeature>()?.RawTarget ?? "";
    public HashSet<string> Headers { get; } = new(context.Request.Headers.Keys, StringComparer.OrdinalIgnoreCase);

    /// <summary>Headers that the client called its connection's own.</summary>
    public HashSet<string> OfConnection { get; } =
        new(context.Request.Headers.Connection.ToString().Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries), StringComparer.OrdinalIgnoreCase);

    public bool IsChunked { get; } = context.Request.Headers.TransferEncoding.Count > 0;

    /// <summary>Who asks is nobody to whom anything is lent.</summary>
    public required bool IsStranger { get; init; }
    public required bool IsUnknown { get; init; }

    public volatile int Status;
    public volatile bool FromNode;
    public volatile string? Error;

    public int Reached => Volatile.Read(ref reached);

    public void Reach() => Interlocked.Increment(ref reached);

    /// <summary>The gateway itself said no, and not for want of a node that answers.</summary>
    public bool IsRefused => Status is 400 or 403 or 404 or 405 or 413 && !FromNode;
}

/// <summary>What a connection brings with it.</summary>
internal sealed class Input(byte[] bytes, bool isStranger)
{
    private readonly List<Asked> requests = [];

    public byte[] Bytes => bytes;
    public bool IsStranger => isStranger;

    /// <summary>The bytes came over a socket, and what of them was read is not known.</summary>
    public bool IsUnknown { get; init; }

    public Asked Add(HttpContext context)
    {
        var asked = new Asked(context, bytes) { IsStranger = isStranger, IsUnknown = IsUnknown };
        lock (requests)
            requests.Add(asked);
        return asked;
    }

    public IReadOnlyList<Asked> Requests
    {
        get
        {
            lock (requests)
                return [.. requests];
        }
    }
}
