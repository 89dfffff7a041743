namespace DVStakers.Edge.Core.Machine;

/// <summary>Something that counts only once it lasted, and is over only once it was gone for a while.</summary>
internal readonly record struct Held(bool Holds, DateTimeOffset? ChangingSince)
{
    /// <param name="seen">It is so now; null: not known, and then all stays as it is.</param>
    public Held Next(bool? seen, DateTimeOffset now, TimeSpan toBegin, TimeSpan toEnd)
    {
        if (seen is null || seen == Holds)
            return this with { ChangingSince = null };
        var since = ChangingSince ?? now;
        // A clock that was set back must not make it wait for ever.
        if (now < since)
            since = now;
        return now - since >= (Holds ? toEnd : toBegin) ? new(!Holds, null) : this with { ChangingSince = since };
    }
}
