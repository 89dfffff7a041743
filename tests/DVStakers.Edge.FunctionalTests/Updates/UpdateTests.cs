using System.Diagnostics;
using System.Globalization;
using DVStakers.Edge.FunctionalTests.Proxy;

namespace DVStakers.Edge.FunctionalTests.Updates;

/// <summary>Updates by the native binary with the real dpkg: good ones, bad ones, refused ones, and those cut at random moments.</summary>
public sealed class UpdateTests : IAsyncLifetime
{
    private const int Cuts = 20;

    private TestBox box = null!;
    private UpdateLab lab = null!;

    public async ValueTask InitializeAsync()
    {
        UpdateLab.NeedsRootAndBinary();
        box = await TestBox.Start();
        lab = await UpdateLab.Start(box);
    }

    public async ValueTask DisposeAsync()
    {
        if (lab is not null)
            await lab.DisposeAsync();
        if (box is not null)
            await box.DisposeAsync();
    }

    [Fact]
    public async Task A_good_version_is_kept_and_one_that_cannot_run_is_taken_back_before_it_is_missed()
    {
        await lab.StartAgent();
        await lab.Run("sh", "-c", "echo mine >/etc/dvstakers-edge/example.conf");
        await lab.Pack("2");
        var (code, output, errors) = await lab.Update("--check", lab.Package("2"));
        Assert.Equal((0, ""), (code, errors));
        Assert.Contains("would go   from 1 to 2", output);
        Assert.Equal("1", await lab.Whole());

        (code, output, errors) = await lab.Update(lab.Package("2"));
        Assert.Equal((0, ""), (code, errors));
        Assert.Contains("2 is installed, and must show that it is READY and routes", output);
        Assert.Contains("updated from 1 to 2. The agent: READY; a request through its proxy is answered by a node", output);
        Assert.Equal("2", await lab.Whole());
        Assert.Empty(await lab.Left());
        Assert.Equal("mine\n", (await lab.Run("cat", "/etc/dvstakers-edge/example.conf")).Output);
        await lab.Routing();

        // It starts for a question, and not for work.
        await lab.Pack("3", "case \"$1\" in run) echo no; exit 3 ;; *) exec REAL \"$@\" ;; esac");
        (code, _, errors) = await lab.Update(lab.Package("3"));
        Assert.Equal(1, code);
        // Which of the two is seen first hangs on the moments of looking.
        Assert.Matches("the update to 3 was undone, and 2 is back: the agent (ended by itself [2-9] times|is not ready after)", errors);
        Assert.Equal("2", await lab.Whole());
        await lab.Routing();

        // It does not even start: the agent that runs is not touched before that is known.
        await lab.Pack("4", "exit 127");
        (code, _, errors) = await lab.Update(lab.Package("4"));
        Assert.Equal(1, code);
        Assert.Contains("2 is back: it does not start: `/usr/bin/dvstakers-edge version` ended with 127", errors);
        Assert.Equal("2", await lab.Whole());

        // It refuses the configuration.
        await lab.Pack("5", "case \"$1\" in check-config) echo wrong >&2; exit 78 ;; *) exec REAL \"$@\" ;; esac");
        (code, _, errors) = await lab.Update(lab.Package("5"));
        Assert.Equal(1, code);
        Assert.Contains("2 is back: it does not take this box's configuration, which the old version does: wrong", errors);
        Assert.Equal("2", await lab.Whole());
        Assert.Empty(await lab.Left());
        await lab.Routing();
        Assert.Equal("mine\n", (await lab.Run("cat", "/etc/dvstakers-edge/example.conf")).Output);
        Assert.Contains("the update to 5 was undone", (await lab.Update("--check")).Output);
    }

    [Fact]
    public async Task A_version_that_hangs_at_its_start_is_taken_back()
    {
        await lab.StartAgent();
        await lab.Pack("2", "case \"$1\" in run) exec sleep 1000 ;; *) exec REAL \"$@\" ;; esac");
        var (code, _, errors) = await lab.Update(lab.Package("2"));
        Assert.Equal(1, code);
        // It is looked at once a second or so; that 60 s are what it has is TrialTests' matter.
        Assert.Matches("1 is back: the agent is not ready after [0-9]+ s", errors);
        Assert.Equal("1", await lab.Whole());
        await lab.Routing();
    }

    [Fact]
    public async Task What_is_not_signed_not_for_this_box_or_not_newer_changes_nothing()
    {
        await lab.Pack("2");
        await Refused("it is not what it should be", [lab.At("private.pem"), "--signature", lab.Package("2")]);
        await Refused("there is no", [lab.At("nothing.deb")]);
        await Refused("1 is what is installed", [lab.Package("1")]);
        await lab.Pack("0.9");
        await Refused("0.9 is older than 1", [lab.Package("0.9")]);
        await lab.Pack("3", name: "other");
        await Refused("is the package other", [lab.Package("3")]);
        await lab.Pack("4", "exit 0", architecture: "s390x");
        await Refused("is for s390x, and this box is", [lab.Package("4")]);
        await File.WriteAllTextAsync(lab.Package("5"), "no package");
        await lab.Sign("5");
        await Refused("it is not a Debian package", [lab.Package("5")]);
        await File.AppendAllTextAsync(lab.Package("2"), "x");
        await Refused("none of the 1 keys of this box signed it", [lab.Package("2")]);
        await lab.Run("chmod", "666", "/etc/dvstakers-edge/update-keys/key.pem");
        await Refused("can be changed by others than root", [lab.Package("2")]);
        await lab.Run("rm", "/etc/dvstakers-edge/update-keys/key.pem");
        await Refused("this box has no key", [lab.Package("2")]);
        Assert.Contains("none: no package is taken", (await lab.Update("--check")).Output);
    }

    [Fact]
    public async Task Cut_at_twenty_random_moments_each_boot_finds_one_whole_version()
    {
        await lab.Pack("2");
        // The agent is off, so each of these ends with the installation: it is what can be cut in two.
        var uncut = Stopwatch.StartNew();
        Assert.Equal(0, (await lab.Update(lab.Package("2"))).Code);
        var length = uncut.Elapsed;
        Assert.Equal("2", await lab.Whole());

        var random = new Random(20260601);
        var (went, wentOn) = (new List<string>(), 0);
        for (var i = 0; i < Cuts; i++)
        {
            var from = await lab.Whole();
            var to = from == "1" ? "2" : "1";
            var update = lab.Update("--allow-downgrade", lab.Package(to));
            await Task.Delay(length * ((i + random.NextDouble()) / Cuts));
            await lab.CutPower();
            await update;
            if (await lab.Boot())
                wentOn++;
            var now = await lab.Whole();
            went.Add(string.Create(CultureInfo.InvariantCulture, $"{from}->{to}: {now}"));
            Assert.Contains(now, new[] { from, to });
            Assert.False(await lab.HasState());
        }
        TestContext.Current.SendDiagnosticMessage($"{wentOn} of {Cuts} went on after the cut: {string.Join(", ", went)}");
        Assert.NotEqual(0, wentOn);
    }

    private async Task Refused(string why, string[] arguments)
    {
        var (code, _, errors) = await lab.Update(arguments);
        Assert.Equal(1, code);
        Assert.Contains(why, errors);
        Assert.Equal("1", await lab.Whole());
        Assert.Empty(await lab.Left());
    }
}
