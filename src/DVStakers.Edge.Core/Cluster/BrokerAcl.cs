using System.Text;

namespace DVStakers.Edge.Core.Cluster;

/// <summary>
/// Who may do what at a box's mosquitto, by the name in the certificate. A box writes below its own name and nowhere else, at its own broker and no other.
/// What the broker itself pulls from the peers passes no ACL (mosquitto has none for bridges): a peer's broker could hand over anything, and only the
/// signature inside a message says whose word it is.
/// </summary>
public static class BrokerAcl
{
    public static string Of(BrokerPlan plan)
    {
        var text = new StringBuilder();
        text.Append(plan.Heading).Append('\n');
        text.Append("""

            # Without a name: the people on this machine, who read.
            topic read dvstakers/#
            topic read $SYS/#

            """);
        foreach (var member in plan.Roster.Members)
        {
            var everything = plan.Shared || member.Box == plan.Box;
            text.Append($"\nuser {member.Box}\n");
            if (everything)
                text.Append($"topic write {plan.Subtree(member.Box)}#\n");
            text.Append($"topic read {(everything ? $"dvstakers/{plan.Roster.Cluster}/" : plan.Subtree(plan.Box))}#\n");
        }
        return text.ToString();
    }
}
