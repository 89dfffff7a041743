using System.Globalization;
using System.Threading.Channels;
using DVStakers.Edge.Core.Readings;

namespace DVStakers.Edge.Agent.Probes;

/// <summary>How often work waits for a processor (<c>/proc/pressure/cpu</c>, PSI; Linux 4.20). Where the kernel does not tell, the box never counts as busy.</summary>
internal sealed class LoadProbe(string path, ChannelWriter<Observation> observations, TimeProvider time)
{
    public const string Path = "/proc/pressure/cpu";

    /// <summary>What is read is an average over a minute.</summary>
    private static readonly TimeSpan Every = TimeSpan.FromSeconds(10);

    /// <summary>Returns when stopped, when nobody reads the observations any more, or where there is nothing to read.</summary>
    public async Task Run(CancellationToken stop)
    {
        try
        {
            while (await Read(stop).ConfigureAwait(false) is { } percent)
            {
                await observations.WriteAsync(new LoadSeen(percent), stop).ConfigureAwait(false);
                await Task.Delay(Every, time, stop).ConfigureAwait(false);
            }
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
        }
        catch (ChannelClosedException)
        {
        }
    }

    /// <summary>Of <c>some avg10=0.00 avg60=1.25 avg300=0.90 total=123</c> the 1.25; null where it is not that.</summary>
    public static double? Parse(string text)
    {
        foreach (var field in text.Split('\n')[0].Split(' '))
            if (field.StartsWith("avg60=", StringComparison.Ordinal)
                && double.TryParse(field.AsSpan(6), NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var percent))
                return percent;
        return null;
    }

    private async Task<double?> Read(CancellationToken stop)
    {
        try
        {
            return Parse(await File.ReadAllTextAsync(path, stop).ConfigureAwait(false));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }
}
