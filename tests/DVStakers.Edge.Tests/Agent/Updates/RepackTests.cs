using DVStakers.Edge.Agent.Updates;

namespace DVStakers.Edge.Tests.Agent.Updates;

public sealed class RepackTests
{
    [Fact]
    public void What_is_of_the_installation_is_left_out_of_the_package()
    {
        const string Status = """
            Package: dvstakers-edge
            Status: install ok installed
            Priority: optional
            Installed-Size: 24000
            Version: 0.1.0
            Config-Version: 0.0.9
            Conffiles:
             /etc/dvstakers-edge/a.conf 0123456789abcdef0123456789abcdef
             /etc/dvstakers-edge/b.conf 0123456789abcdef0123456789abcdef obsolete
            Depends: libc6
            Description: keeps a validator
             on the best node.
             .
             Conffiles: a word of the text.

            """;
        Assert.Equal("""
            Package: dvstakers-edge
            Priority: optional
            Installed-Size: 24000
            Version: 0.1.0
            Depends: libc6
            Description: keeps a validator
             on the best node.
             .
             Conffiles: a word of the text.

            """, Repack.Fields(Status));
    }
}
