using System.Threading.RateLimiting;

namespace DVStakers.Edge.Agent.Proxy;

/// <summary>What a borrower, or all of them together, may have of this box: so many requests and event streams at once, so many requests per second.</summary>
internal sealed class Share(int mostAtOnce, int mostStreams, int ratePerSecond) : IDisposable
{
    /// <summary>Requests per second may be saved up for this long: duties come all at once, at the start of an epoch.</summary>
    private const int BurstSeconds = 10;

    // One box: three DVT clients with some hundred keys, and its agent.
    private const int OneAtOnce = 32;
    private const int OneStreams = 16;
    private const int OneRate = 50;

    // All together. The nodes behind take many times that, so the own validator never waits for a borrower.
    private const int AllAtOnce = 64;
    private const int AllStreams = 64;
    private const int AllRate = 200;

    private readonly ConcurrencyLimiter requests = new(new() { PermitLimit = mostAtOnce });
    private readonly ConcurrencyLimiter streams = new(new() { PermitLimit = mostStreams });
    private readonly TokenBucketRateLimiter rate = new(new()
    {
        TokenLimit = ratePerSecond * BurstSeconds,
        TokensPerPeriod = ratePerSecond,
        ReplenishmentPeriod = TimeSpan.FromSeconds(1),
    });

    public static Share OfOne() => new(OneAtOnce, OneStreams, OneRate);

    public static Share OfAll() => new(AllAtOnce, AllStreams, AllRate);

    /// <summary>Null where there is no room; dispose it when the request has ended.</summary>
    public RateLimitLease? Take(bool isStream)
    {
        using (var token = rate.AttemptAcquire())
            if (!token.IsAcquired)
                return null;
        var place = (isStream ? streams : requests).AttemptAcquire();
        if (place.IsAcquired)
            return place;
        place.Dispose();
        return null;
    }

    public void Dispose()
    {
        requests.Dispose();
        streams.Dispose();
        rate.Dispose();
    }
}
