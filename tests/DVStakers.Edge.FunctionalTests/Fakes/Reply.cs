using System.Text;

namespace DVStakers.Edge.FunctionalTests.Fakes;

/// <summary>What a fake server answers to one request, and how badly.</summary>
internal sealed record Reply
{
    public int Status { get; init; } = 200;
    public string? ContentType { get; init; } = "application/json";
    public ReadOnlyMemory<byte> Body { get; init; }
    public IReadOnlyDictionary<string, string> Headers { get; init; } = new Dictionary<string, string>();

    /// <summary>Nothing is sent before this completes.</summary>
    public Task After { get; init; } = Task.CompletedTask;

    /// <summary>The connection is aborted after so many bytes of the body, which Content-Length announced in full.</summary>
    public int? CutAt { get; init; }

    /// <summary>These bytes instead of an answer of the fake's web server, which would not write them: for what only a bad or an odd server says.</summary>
    public ReadOnlyMemory<byte>? Raw { get; init; }

    public static Reply Json(string json) => new() { Body = Encoding.UTF8.GetBytes(json) };

    public static Reply Ssz(ReadOnlyMemory<byte> bytes) => new() { Body = bytes, ContentType = "application/octet-stream" };

    public static Reply Empty(int status = 200) => new() { Status = status, ContentType = null };

    /// <summary>The Beacon API's error shape.</summary>
    public static Reply Error(int status, string message) =>
        Json($$"""{"code":{{status}},"message":"{{message}}"}""") with { Status = status };

    /// <summary>Takes the request and never answers.</summary>
    public static Reply Never => new() { After = new TaskCompletionSource().Task };

    public Reply With(string header, string value) => this with { Headers = new Dictionary<string, string>(Headers) { [header] = value } };
}
