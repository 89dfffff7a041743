using System.Collections.Immutable;
using System.Text;
using System.Text.Json;
using DVStakers.Edge.FunctionalTests.Fakes;

namespace DVStakers.Edge.FunctionalTests.Whole;

/// <summary>What a validator got.</summary>
/// <param name="By">The stack that served it.</param>
/// <param name="Wrong">Null: what it must be.</param>
internal sealed record Got(ulong Slot, string By, string? Wrong)
{
    /// <summary>When it had the answer.</summary>
    public DateTimeOffset At { get; } = TimeProvider.System.GetUtcNow();
}

/// <summary>
/// A validator at a box's proxy that never stops: for the newest slot that the agent has a head of, it asks for attestation data, which must be on that head, and hands
/// an attestation in.
/// </summary>
internal sealed class Validator : IAsyncDisposable
{
    public const string Pool = "/eth/v2/beacon/pool/attestations";

    private readonly WholeBox box;
    private readonly LiveChain chain;
    private readonly CancellationTokenSource stop = new();
    private readonly Changes changes = new();
    private readonly Task running;
    private ImmutableList<Got> all = [];

    public Validator(WholeBox box, LiveChain chain)
    {
        (this.box, this.chain) = (box, chain);
        running = Run();
    }

    public IReadOnlyList<Got> All => Volatile.Read(ref all);

    /// <summary>Until that stack has served so many requests in a row.</summary>
    public async Task UntilServedBy(string stack, int times = 5)
    {
        try
        {
            await changes.WaitUntil(() => All.Count >= times && All.TakeLast(times).All(g => g.By == stack && g.Wrong is null), TimeSpan.FromSeconds(120));
        }
        catch (TimeoutException e)
        {
            throw new TimeoutException($"{stack} did not serve it, but:\n{string.Join('\n', All.TakeLast(40))}\n{box.Agent.Log}", e);
        }
    }

    /// <summary>Until it has asked so many times more.</summary>
    public Task UntilAsked(int times)
    {
        var before = All.Count;
        return changes.WaitUntil(() => All.Count >= before + times, TimeSpan.FromSeconds(120));
    }

    /// <summary>Stops, and fails where anything was not as it must be.</summary>
    public async Task AssertNothingMissed()
    {
        await stop.CancelAsync();
        await running;
        Assert.True(All.All(g => g.Wrong is null), string.Join('\n', All.Where(g => g.Wrong is not null)) + "\n" + box.Agent.Log);
    }

    public async ValueTask DisposeAsync()
    {
        await stop.CancelAsync();
        await running.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        stop.Dispose();
    }

    private async Task Run()
    {
        for (var i = 0; !stop.IsCancellationRequested; i++)
        {
            if ((await box.Status()).GetProperty("expected_head_slot") is { ValueKind: JsonValueKind.Number } slot
                // Every node has that block: one may tell of it before the next one was given it.
                && slot.GetUInt64() <= chain.Current.HeadSlot)
            {
                var got = await Ask(slot.GetUInt64(), i % 64);
                ImmutableInterlocked.Update(ref all, static (list, g) => list.Add(g), got);
                changes.Announce();
            }
            await Task.Delay(80);
        }
    }

    private async Task<Got> Ask(ulong slot, int committee)
    {
        try
        {
            using var answer = await box.Client.GetAsync($"/eth/v1/validator/attestation_data?slot={slot}&committee_index={committee}");
            var text = await answer.Content.ReadAsStringAsync();
            var by = answer.Headers.TryGetValues("DVStakers-Edge-Stack", out var names) ? names.Single() : "nobody";
            if (!answer.IsSuccessStatusCode)
                return new(slot, by, $"HTTP {(int)answer.StatusCode} {text}");
            // The fakes answer with their head, whatever the slot: that of the next slot if it began meanwhile. An older one is wrong.
            if (!text.Contains(chain.RootOf(slot), StringComparison.Ordinal) && !text.Contains(chain.RootOf(slot + 1), StringComparison.Ordinal))
                return new(slot, by, $"not on the head: {text}");
            using var taken = await box.Client.PostAsync(Pool, new StringContent($"[\"{slot}\"]", Encoding.UTF8, "application/json"));
            return new(slot, by, taken.IsSuccessStatusCode ? null : $"its attestation was not taken: HTTP {(int)taken.StatusCode}");
        }
        catch (Exception e) when (e is HttpRequestException or OperationCanceledException)
        {
            return new(slot, "nobody", e.Message);
        }
    }
}
