using System.Globalization;
using DVStakers.Edge.Core.Power;

namespace DVStakers.Edge.Tests.Core.Power;

public sealed class ChipTests
{
    public static TheoryData<string, string> Tables
    {
        get
        {
            var data = new TheoryData<string, string>();
            foreach (var table in RegisterTable.All())
                data.Add(table.Model, table.State);
            return data;
        }
    }

    [Theory]
    [MemberData(nameof(Tables))]
    public void Each_state_of_each_chip_means_what_its_table_says(string model, string state)
    {
        var table = RegisterTable.Of(model, state);
        var profile = PowerModels.Find(model)!;
        Assert.Contains(table.Address, profile.OtherAddresses.Append(profile.Address));
        var reading = profile.Chip!.Parse(table.Answer(profile.Chip));
        if (table.Expected.StartsWith("nonsense ", StringComparison.Ordinal))
        {
            Assert.Contains(table.Expected["nonsense ".Length..], reading.Problem, StringComparison.Ordinal);
            Assert.True(reading.Answered);
            return;
        }
        Assert.Null(reading.Problem);
        var words = table.Expected.Split(' ');
        Assert.Equal(words[1] switch { "yes" => true, "no" => false, _ => null }, reading.OnMains);
        Assert.Equal(Number("charge"), reading.ChargePercent!.Value, 0.6);
        Assert.Equal(Number("volts"), reading.Volts!.Value, 0.011);
        Assert.Equal(words.Contains("low"), reading.Low);
        Assert.Equal(words.Contains("double"), reading.ReportsDouble);
        Assert.Equal(words.Contains("minutes") ? TimeSpan.FromMinutes(Number("minutes")) : null, reading.RunTimeLeft);

        double Number(string name) => double.Parse(words[Array.IndexOf(words, name) + 1], CultureInfo.InvariantCulture);
    }

    private static readonly string[] Curve = ["full", "at-85", "at-70", "discharging", "at-45", "at-25", "nearly-empty"];

    [Fact]
    public void Every_model_on_I2C_has_a_table_with_a_discharge_and_garbage()
    {
        foreach (var model in PowerModels.All.Where(m => m.Link == PowerLink.I2c))
        {
            var tables = RegisterTable.All().Where(t => t.Model == model.Name).ToList();
            // The hardware lab plays these to each of them, in this order.
            Assert.Equal(Curve, tables.Select(t => t.State).Where(Curve.Contains));
            Assert.Contains(tables, t => t.State == "stuck-high");
            Assert.Contains(tables, t => t.Expected.StartsWith("nonsense ", StringComparison.Ordinal));
        }
    }

    [Fact]
    public void Bytes_of_any_kind_make_a_reading_or_a_named_problem()
    {
        var random = new Random(7);
        foreach (var model in PowerModels.All.Where(m => m.Chip is not null))
            for (var i = 0; i < 2000; i++)
            {
                var bytes = new DVStakers.Edge.Core.Power.Chips.RegisterBytes();
                foreach (var (register, length) in model.Chip!.Plan)
                {
                    var some = new byte[length];
                    random.NextBytes(some);
                    bytes.Add(register, some);
                }
                var reading = model.Chip.Parse(bytes);
                Assert.True(reading.IsGood ? reading.ChargePercent is >= 0 and <= 100 && reading.Volts is > 1.9 and < 66 : reading is { Problem.Length: > 10, Answered: true, OnMains: null });
            }
    }

    [Theory]
    [InlineData(true, 0)]
    [InlineData(true, 5)]
    [InlineData(false, 5)]
    public void Where_a_line_tells_the_mains_its_word_counts(bool mains, int charge)
    {
        var gauge = new PowerReading { ChargePercent = charge, Volts = 3.1, Low = true };
        var reading = Contacts.With(gauge, mains);
        Assert.Equal((mains, !mains), (reading.OnMains, reading.Low));
        Assert.Equal("gone", Contacts.With(PowerReading.Silent("gone"), mains).Problem);
    }

    [Fact]
    public void The_polarity_of_the_mains_line_is_the_familys()
    {
        Assert.Equal(new MainsLine("GPIO6", MainsWhenHigh: false), PowerModels.Find("geekworm-x728")!.Mains);
        foreach (var name in new[] { "geekworm-x1200", "geekworm-x1201", "geekworm-x1202" })
            Assert.Equal(new MainsLine("GPIO6", MainsWhenHigh: true), PowerModels.Find(name)!.Mains);
    }
}
