using System.Threading.Channels;
using DVStakers.Edge.Core.Power;
using DVStakers.Edge.Core.Readings;

namespace DVStakers.Edge.Agent.Power;

/// <summary>Looks at the UPS again and again and writes what it saw.</summary>
internal sealed class PowerProbe(IUps ups, ChannelWriter<Observation> observations, TimeProvider time)
{
    /// <summary>Returns when stopped, or when nobody reads the observations any more.</summary>
    public async Task Run(CancellationToken stop)
    {
        try
        {
            while (true)
            {
                PowerReading reading;
                try
                {
                    reading = await ups.Read(stop).ConfigureAwait(false);
                }
                catch (Exception e) when (e is not OperationCanceledException)
                {
                    // A fault of the driver: the box goes on without it, and says so.
                    reading = PowerReading.Silent($"{ups.Place}: {e.Message}");
                }
                await observations.WriteAsync(new UpsRead(reading), stop).ConfigureAwait(false);
                await Task.Delay(ups.Every, time, stop).ConfigureAwait(false);
            }
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
        }
        catch (ChannelClosedException)
        {
        }
        finally
        {
            ups.Dispose();
        }
    }
}
