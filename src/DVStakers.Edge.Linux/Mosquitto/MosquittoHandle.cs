using System.Runtime.InteropServices;
using static DVStakers.Edge.Linux.Mosquitto.MosquittoNative;

namespace DVStakers.Edge.Linux.Mosquitto;

/// <summary>
/// Owns a <c>struct mosquitto</c> and the GCHandle that its callbacks find their managed side by. Every native call holds a reference,
/// so both are freed only after the last call has returned, even one that hangs in a name look-up.
/// </summary>
internal sealed class MosquittoHandle : SafeHandle
{
    private GCHandle callbacks;

    /// <exception cref="MosquittoException">The library would not make a client, for want of memory or for an id it does not take.</exception>
    public MosquittoHandle(string clientId, MosquittoCallbacks callbacks) : base(0, ownsHandle: true)
    {
        this.callbacks = GCHandle.Alloc(callbacks);
        // A clean session: everything that matters is retained, and published again on each connection.
        SetHandle(mosquitto_new(clientId, clean_session: true, GCHandle.ToIntPtr(this.callbacks)));
        if (!IsInvalid)
            return;
        var reason = Marshal.GetPInvokeErrorMessage(Marshal.GetLastSystemError());
        this.callbacks.Free();
        throw new MosquittoException($"no MQTT client with the id '{clientId}' could be made: {reason}");
    }

    public override bool IsInvalid => handle == 0;

    protected override bool ReleaseHandle()
    {
        mosquitto_destroy(handle);
        callbacks.Free();
        return true;
    }
}
