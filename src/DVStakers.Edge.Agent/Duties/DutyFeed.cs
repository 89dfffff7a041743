using DVStakers.Edge.Core.Duties;

namespace DVStakers.Edge.Agent.Duties;

/// <summary>The one current account of the duties. The loop publishes; outputs only read.</summary>
internal sealed class DutyFeed
{
    private volatile DutyBook current = DutyBook.Empty;

    public DutyBook Current => current;

    public void Publish(DutyBook book) => current = book;
}
