using DVStakers.Edge.Fuzz;
using DVStakers.Edge.Fuzz.Decoder;
using DVStakers.Edge.Fuzz.Gateway;
using DVStakers.Edge.Tests.Core.Cluster;

// One of so many of the gateway's inputs goes over a real socket.
const int PerSocket = 200;
// Of all inputs, to the gateway; the others to the decoder, which takes them quicker.
const int GatewayShare = 8;

if (Options.Parse(args) is not { } options)
    return 2;
if (options.Save is { } save)
    Directory.CreateDirectory(save);
ThreadPool.SetMinThreads(16, 16);
var failures = new Failures(options.Failures);
var total = 0L;
if (options.Target is "decoder" or "all")
    total += await Decode(options.Target == "all" ? options.Inputs - (options.Inputs / GatewayShare) : options.Inputs);
if (options.Target is "gateway" or "all")
    total += await Ask(options.Target == "all" ? options.Inputs / GatewayShare : options.Inputs);
if (failures.Count > 0)
    Console.Error.WriteLine($"{failures.Count} failures; the inputs are in {options.Failures}. Once mended, put them into {options.Corpus} under a name that says how they must come out.");
return failures.Count == 0 && total >= options.Inputs ? 0 : 1;

async Task<long> Decode(long inputs)
{
    var (tally, before) = (new Tally(), failures.Count);
    var files = Files("decoder");
    using var cluster = new CertifiedCluster("kili", Cluster.Boxes);
    var workers = Enumerable.Range(0, options.Workers).Select(w => (Corpus: new Corpus([.. files.Select(f => f.Bytes)], options.Save), Number: w)).ToList();
    foreach (var (name, bytes) in files)
        new DecoderRun(options.Seed, workers[0].Corpus, cluster, tally, failures).Replay(name, bytes);
    await Task.WhenAll(workers.Select(w => Task.Factory.StartNew(
        () => new DecoderRun((options.Seed * 1000) + w.Number, w.Corpus, cluster, tally, failures).Run(Part(inputs, w.Number)), TaskCreationOptions.LongRunning)));
    return Finish("decoder", tally, before, workers.Select(w => w.Corpus));
}

async Task<long> Ask(long inputs)
{
    var (tally, before) = (new Tally(), failures.Count);
    var files = Files("gateway");
    using var box = new LentBox(tally, failures);
    await using var server = new MemoryServer();
    await server.Start(box.Handle);
    var workers = Enumerable.Range(0, options.Workers).Select(w => (Corpus: new Corpus([.. files.Select(f => f.Bytes)], options.Save), Number: w)).ToList();
    foreach (var (name, bytes) in files)
        await new GatewayRun(options.Seed, workers[0].Corpus, server, tally, failures).Replay(name, bytes);
    await Task.WhenAll(workers.Select(w => new GatewayRun((options.Seed * 1000) + w.Number, w.Corpus, server, tally, failures).Run(Part(inputs, w.Number))));
    await new Sockets(options.Seed, workers[0].Corpus, box, tally, failures).Run(Math.Max(200, inputs / PerSocket));
    return Finish("gateway", tally, before, workers.Select(w => w.Corpus));
}

long Part(long inputs, int worker) => (inputs / options.Workers) + (worker < inputs % options.Workers ? 1 : 0);

List<(string Name, byte[] Bytes)> Files(string target) =>
    [.. Directory.GetFiles(Path.Combine(options.Corpus, target)).Order(StringComparer.Ordinal).Select(f => (Path.GetFileName(f), File.ReadAllBytes(f)))];

long Finish(string target, Tally tally, long before, IEnumerable<Corpus> corpora)
{
    foreach (var corpus in corpora)
        tally.Add(corpus.Outcomes);
    tally.Print(target, failures.Count - before);
    return tally.Inputs;
}
