using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace DVStakers.Edge.Agent.Proxy;

/// <summary>Reads the bodies of requests whole: they may have to go to several nodes. Bounded each, and all together.</summary>
/// <param name="most">Bytes of one body.</param>
internal sealed class Bodies(long most)
{
    /// <summary>Up to this a body counts as small.</summary>
    public const int Small = 256 * 1024;

    /// <summary>All small bodies together. Apart from the large ones, so that those cannot keep attestations out.</summary>
    public const long SmallTogether = 64L << 20;

    /// <summary>All large bodies together, beyond what is small of each, in the largest that may be.</summary>
    public const int LargeOnesAtOnce = 4;

    private long small;
    private long large;

    /// <summary>A body as read; <see cref="Refusal"/> is the status where it was not. Disposed when the client has its answer.</summary>
    internal readonly struct Body(Bodies? bodies, int held, ReadOnlyMemory<byte> bytes, int refusal) : IDisposable
    {
        public ReadOnlyMemory<byte> Bytes { get; } = bytes;
        public int Refusal { get; } = refusal;

        public void Dispose() => bodies?.GiveBack(held);
    }

    public async Task<Body> Read(HttpRequest request, CancellationToken gone)
    {
        if (request.ContentLength is 0 || (request.ContentLength is null && request.HttpContext.Features.Get<IHttpRequestBodyDetectionFeature>()?.CanHaveBody != true))
            return default;
        if (request.ContentLength > most)
            return new Body(null, 0, default, 413);
        // A length that was only announced must not cost much: beyond what is small the buffer grows with what comes.
        var first = (int)Math.Min(request.ContentLength + 1 ?? 4096, Small);
        if (!Take(0, first))
            return new Body(null, 0, default, 503);
        var buffer = GC.AllocateUninitializedArray<byte>(first);
        var filled = 0;
        var complete = false;
        try
        {
            while (await request.Body.ReadAsync(buffer.AsMemory(filled), gone).ConfigureAwait(false) is > 0 and var read)
            {
                filled += read;
                if (filled > most)
                    return new Body(null, 0, default, 413);
                if (filled < buffer.Length)
                    continue;
                var larger = (int)Math.Min(buffer.Length * 2L, most + 1);
                if (!Take(buffer.Length, larger))
                    return new Body(null, 0, default, 503);
                Array.Resize(ref buffer, larger);
            }
            complete = true;
            return new Body(this, buffer.Length, buffer.AsMemory(0, filled), 0);
        }
        // What Kestrel says to a null character in the headers behind a chunked body.
        catch (InvalidOperationException)
        {
            return new Body(null, 0, default, 400);
        }
        finally
        {
            if (!complete)
                GiveBack(buffer.Length);
        }
    }

    /// <summary>A buffer of one body grows.</summary>
    private bool Take(int before, int now)
    {
        var (smallPart, largePart) = (Math.Min(now, Small) - Math.Min(before, Small), Math.Max(now - Small, 0) - Math.Max(before - Small, 0));
        if (Interlocked.Add(ref small, smallPart) <= SmallTogether && Interlocked.Add(ref large, largePart) <= most * LargeOnesAtOnce)
            return true;
        Interlocked.Add(ref small, -smallPart);
        Interlocked.Add(ref large, -largePart);
        return false;
    }

    private void GiveBack(int held)
    {
        Interlocked.Add(ref small, -Math.Min(held, Small));
        Interlocked.Add(ref large, -Math.Max(held - Small, 0));
    }
}
