using DVStakers.Edge.Core.Chain;
using DVStakers.Edge.Core.Routing;
using DVStakers.Edge.Tests.Core.Chain;
using FsCheck;
using FsCheck.Fluent;

namespace DVStakers.Edge.Tests.Core.Routing;

public sealed class AttestationQuestionTests
{
    private static readonly AttestationQuestion Asked = new(new Slot(100), 3, IsGloas: false);

    private static AttestationData Data(ulong slot = 100, ulong index = 3, int fork = 0, int source = 0) => new(
        new Slot(slot), index, Given.Block(slot, fork), new Epoch(2), Given.RootOf((ulong)source), new Epoch(3), Given.RootOf(30));

    private static readonly Gen<(AttestationData? Data, bool MayAttest, Agreement Head)> Answers =
        from slot in Gen.Elements(99ul, 100ul, 100ul, 100ul)
        from index in Gen.Elements(0ul, 1ul, 3ul, 3ul, 4ul)
        from fork in Gen.Choose(0, 2)
        from source in Gen.Choose(0, 1)
        from none in Gen.Choose(0, 9)
        from may in Gen.Elements(true, true, false)
        from head in Gen.Elements(Enum.GetValues<Agreement>())
        select (none == 0 ? null : Data(slot, index, fork, source), may, head);

    [Fact]
    public void Whatever_nodes_answer_in_whatever_order_only_one_data_is_ever_given_differentfor_a_slot_and_committee() =>
        Prop.ForAll(Answers.ArrayOf(30).ToArbitrary(), Gen.Elements(true, false).ToArbitrary(), (answers, gloas) =>
        {
            var asked = Asked with { IsGloas = gloas };
            AttestationData? given = null;
            var different = new HashSet<AttestationData>();
            foreach (var (data, may, head) in answers)
            {
                if (asked.WorthOf(data, given, may, head) == Worth.None)
                    continue;
                given ??= data;
                different.Add(data!);
            }
            return different.Count <= 1;
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void No_answer_for_another_slot_or_committee_and_none_of_a_node_that_may_not_attest_is_worth_anything() =>
        Prop.ForAll(Answers.ToArbitrary(), answer => Asked.WorthOf(answer.Data, null, answer.MayAttest, answer.Head) == Worth.None
            == (answer.Data is not { } data || data.Slot.Value != 100 || data.Index is not (0 or 3) || !answer.MayAttest)).QuickCheckThrowOnFailure();

    [Fact]
    public void A_stale_head_is_a_spare_and_an_expected_or_unheard_of_one_is_good()
    {
        Assert.Equal(Worth.Spare, Asked.WorthOf(Data(), null, true, Agreement.Stale));
        Assert.Equal(Worth.Good, Asked.WorthOf(Data(), null, true, Agreement.Agrees));
        Assert.Equal(Worth.Good, Asked.WorthOf(Data(), Data(), true, Agreement.Newer));
    }

    [Fact]
    public void The_index_is_a_committee_before_electra_zero_since_and_since_gloas_whether_the_payload_was_seen()
    {
        Assert.True(Asked.IsAnsweredBy(Data(index: 3)));
        Assert.True(Asked.IsAnsweredBy(Data(index: 0)));
        Assert.False(Asked.IsAnsweredBy(Data(index: 1)));
        Assert.True((Asked with { IsGloas = true }).IsAnsweredBy(Data(index: 1)));
        Assert.False((Asked with { IsGloas = true }).IsAnsweredBy(Data(index: 2)));
    }
}
