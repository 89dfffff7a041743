using System.Text;
using DVStakers.Edge.Core.Routing;
using DVStakers.Edge.Tests.Core.Chain;

namespace DVStakers.Edge.Tests.Core.Routing;

public sealed class HeadAnswerTests
{
    [Theory]
    [InlineData("/eth/v1/beacon/blocks/head/root", true)]
    [InlineData("/eth/v1/beacon/headers/head", true)]
    [InlineData("/eth/v1/beacon/blocks/100/root", false)]
    [InlineData("/eth/v1/beacon/headers", false)]
    [InlineData("/eth/v1/beacon/headers/0xhead", false)]
    public void Only_a_question_for_the_head_is_judged_by_it(string path, bool isFor) => Assert.Equal(isFor, HeadAnswer.IsFor(path));

    [Fact]
    public void The_root_is_read_and_nothing_else_is_taken_for_one()
    {
        var root = Given.Block(100);
        Assert.Equal(root, Read($$$"""{"execution_optimistic":false,"data":{"root":"{{{root}}}"}}"""));
        Assert.Null(Read("""{"data":[{"root":"0x00"}]}"""));
        Assert.Null(Read("""{"data":{"root":7}}"""));
        Assert.Null(Read("""{"data":{"root":"0x12"}}"""));
        Assert.Null(Read("[]"));
        Assert.Null(Read("{"));
        Assert.Null(Read(""));
    }

    private static DVStakers.Edge.Core.Chain.Root? Read(string body) => HeadAnswer.Read(Encoding.UTF8.GetBytes(body));
}
