using DVStakers.Edge.Core.Power;
using DVStakers.Edge.Linux.Kernel;

namespace DVStakers.Edge.Agent.Power;

/// <summary>Dry contacts. On: the contact is closed.</summary>
internal sealed class ContactsUps(InputLine battery, InputLine? low, InputLine? replace) : IUps
{
    public string Place => $"contacts: on battery {battery}{(low is null ? "" : $", low {low}")}{(replace is null ? "" : $", replace {replace}")}";

    public TimeSpan Every { get; } = TimeSpan.FromSeconds(0.5);

    public Task<PowerReading> Read(CancellationToken stop)
    {
        try
        {
            return Task.FromResult(Contacts.Parse(battery.Read(), low?.Read(), replace?.Read()));
        }
        catch (DeviceException e)
        {
            return Task.FromResult(PowerReading.Silent(e.Message));
        }
    }

    public void Dispose()
    {
        battery.Dispose();
        low?.Dispose();
        replace?.Dispose();
    }
}
