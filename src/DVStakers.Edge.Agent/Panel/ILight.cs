using DVStakers.Edge.Core.Panel;

namespace DVStakers.Edge.Agent.Panel;

/// <summary>Something that can be lit: an LED that the kernel has as one, or a GPIO line. Nothing is held before the first <see cref="Show"/>; after a failure the next one begins anew.</summary>
internal interface ILight : IDisposable
{
    /// <summary>How it is driven, in words.</summary>
    string Words { get; }

    /// <summary>Does what the pattern does this long after its beginning.</summary>
    /// <returns>After how long it must be called again for the pattern to go on.</returns>
    /// <exception cref="IOException">It is not there, or the kernel refuses.</exception>
    TimeSpan Show(LedPattern pattern, TimeSpan into);

    /// <summary>Leaves it as it was found. No failure comes out of this: the device may be gone.</summary>
    void Release();
}

/// <summary>There is no LED of that name; the message lists those there are.</summary>
internal sealed class NoSuchLedException(string message) : IOException(message);
