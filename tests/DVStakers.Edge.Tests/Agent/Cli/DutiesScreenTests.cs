using DVStakers.Edge.Agent.Cli;
using DVStakers.Edge.Core.Duties;
using DVStakers.Edge.Tests.Core.Messages;

namespace DVStakers.Edge.Tests.Agent.Cli;

public sealed class DutiesScreenTests
{
    [Fact]
    public void The_account_at_80_columns() => Assert.Equal("""
        Duties · mainnet · blocks read to slot 1000 · 3 under way
        ── Since the agent started ─────────────────────────────────────────────────────
                            due   made  late  wrong  part  missed  unknown  saved
          attestations        2      1     0      0     0       1        0      1
          proposals           1      1     0      0     0       0        0      0
          sync committee      1      0     0      0     1       0        0      0
          aggregates          0      0     0      0     0       0        0      0
          contributions       0      0     0      0     0       0        0      0
          1 of them would have been missed: the first stack could not serve them;
          for 1 of these no fail-over of the validator's own would have noticed it
        ── Last epochs, all kinds ──────────────────────────────────────────────────────
          epoch             due   made  late  wrong  part  missed  unknown  saved
          31                  4      2     0      0     1       1        0      1
        ── What was not simply made, newest first ──────────────────────────────────────
        ! slot 994, validator 7, sync: partial: 1 of 2 seats counted, not through the
          agent: the validator did it another way
        ✖ slot 993, validator 8, attestation: missed: the validator never asked the
          agent for attestation data
        ● slot 992, validator 7, attestation: made, and would have been missed: home-a,
          first in the configuration, could not serve it (it answers from an old head),
          so home-b did

        """, Render(Sample.Book));

    [Fact]
    public void One_validator_alone()
    {
        var screen = Render(Sample.Book, validator: 8);
        Assert.Contains("Validator 8 since the agent started", screen, StringComparison.Ordinal);
        Assert.DoesNotContain("validator 7", screen, StringComparison.Ordinal);
        Assert.Contains("no duty of this validator is settled yet", Render(Sample.Book, validator: 9), StringComparison.Ordinal);
    }

    [Fact]
    public void Nothing_yet_says_so() => Assert.Contains("no duty is settled yet", Render(DutyBook.Empty), StringComparison.Ordinal);

    [Fact]
    public void An_account_that_is_not_complete_says_so() =>
        Assert.Contains("! 5 things that the validators did are not in this account", Render(Sample.Book with { Dropped = 5 }), StringComparison.Ordinal);

    [Fact]
    public void Many_duties_are_cut()
    {
        var missed = Sample.Book.Duties[1];
        var book = Sample.Book with { Duties = [.. Enumerable.Repeat(missed, 50)] };
        var screen = Render(book);
        Assert.Contains("and 30 more: dvstakers-edge duties --json", screen, StringComparison.Ordinal);
        Assert.All(screen.Split('\n'), line => Assert.InRange(line.Length, 0, 80));
    }

    private static string Render(DutyBook book, ulong? validator = null) => DutiesScreen.Render(DutyReport.Of(book, "mainnet"), 5, validator, 80, new Ink(false));
}
