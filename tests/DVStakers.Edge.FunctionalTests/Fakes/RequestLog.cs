using System.Collections.Immutable;
using System.Text;

namespace DVStakers.Edge.FunctionalTests.Fakes;

/// <summary>A request as it arrived.</summary>
/// <param name="Query">With its question mark; empty where there is none.</param>
internal sealed record RecordedRequest(string Method, string Path, string Query, IReadOnlyDictionary<string, string> Headers, byte[] Body)
{
    /// <summary>When it arrived, comparable over all fakes of a test (Stopwatch ticks).</summary>
    public long Arrived { get; } = System.Diagnostics.Stopwatch.GetTimestamp();

    public string PathAndQuery => Path + Query;
    public string Text => Encoding.UTF8.GetString(Body);

    public string? Header(string name) => Headers.GetValueOrDefault(name);

    public string? QueryValue(string name) =>
        Microsoft.AspNetCore.WebUtilities.QueryHelpers.ParseQuery(Query).TryGetValue(name, out var value) ? value.ToString() : null;
}

/// <summary>Every request a fake server got, in order of arrival.</summary>
internal sealed class RequestLog
{
    private readonly Changes changes = new();
    private ImmutableList<RecordedRequest> all = [];

    public IReadOnlyList<RecordedRequest> All => Volatile.Read(ref all);

    public IReadOnlyList<RecordedRequest> To(string path) => [.. All.Where(r => r.Path == path)];

    public void Add(RecordedRequest request)
    {
        ImmutableInterlocked.Update(ref all, static (list, r) => list.Add(r), request);
        changes.Announce();
    }

    /// <summary>Requests whose other side went away before the answer.</summary>
    public int Aborted { get; private set; }

    public void Abort()
    {
        lock (changes)
            Aborted++;
        changes.Announce();
    }

    /// <summary>Looks again whenever a request arrives: an agent that probes sets the pace.</summary>
    public Task Until(Func<bool> condition, TimeSpan? atMost = null) => changes.WaitUntil(condition, atMost);

    /// <summary>Waits until <paramref name="count"/> requests match; returns the one that made it so.</summary>
    public async Task<RecordedRequest> WaitFor(Func<RecordedRequest, bool> predicate, int count = 1, TimeSpan? atMost = null)
    {
        await changes.WaitUntil(() => All.Count(predicate) >= count, atMost);
        return All.Where(predicate).ElementAt(count - 1);
    }
}
