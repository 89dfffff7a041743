using System.Threading.Channels;
using DVStakers.Edge.Agent.Panel;
using DVStakers.Edge.Core.Panel;

namespace DVStakers.Edge.Tests.Agent.Panel;

/// <summary>A light that tells what it is asked to show, and fails when told to.</summary>
internal sealed class FakeLight : ILight
{
    private readonly Channel<string> shown = Channel.CreateUnbounded<string>();

    public string Words => "a fake";

    public IOException? Fault { get; set; }

    public TimeSpan Again { get; init; } = TimeSpan.FromHours(1);

    /// <summary>The next thing that was asked of it.</summary>
    public async Task<string> Next()
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        return await shown.Reader.ReadAsync(limit.Token);
    }

    public TimeSpan Show(LedPattern pattern, TimeSpan into)
    {
        if (Fault is { } fault)
        {
            shown.Writer.TryWrite("fails");
            throw fault;
        }
        shown.Writer.TryWrite(pattern.Word);
        return Again;
    }

    public void Release() => shown.Writer.TryWrite("released");

    public void Dispose()
    {
    }
}
