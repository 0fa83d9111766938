using System.Globalization;
using IotHubDsr.Benchmarks.Archives;
using IotHubDsr.Benchmarks.Sandboxes;

namespace IotHubDsr.Benchmarks.Jobs;

/// <summary>A container that the hub of a sandbox routes telemetry to, as Avro without compression.</summary>
internal sealed record RoutedArchive(BlobSandbox Sandbox, string Container) : IAsyncDisposable
{
    public const string Account = "contosorouted";

    /// <summary>The container of a route.</summary>
    public const string OfRoute = "raw-avro";

    private const int Mebibyte = 1024 * 1024;
    private const int Partitions = 4;

    private static readonly DateTime Start = new(2026, 1, 1, 0, 0, 0, DateTimeKind.Utc);

    private int _planted;

    public string Place => $"{Account}/{Container}";

    public string Address => $"https://{Account}.blob.core.windows.net/{Container}";

    /// <summary>A sandbox whose hub has devices, sends to containers alone, and has no data but what a job plants.</summary>
    public static async Task<RoutedArchive> StartAsync(params string[] arguments) =>
        new(await BlobSandbox.StartAsync(["--data", "0", "--storage-only", "1", .. arguments]), OfRoute);

    /// <summary>A file of that size in which senders take turns.</summary>
    public static byte[] File(int bytes, int seed, Func<int, Sender> senderOf) =>
        ArchiveFiles.Avro(bytes, "null", new Telemetry(seed, senderOf));

    /// <summary>A file of that size of the fleet.</summary>
    public static byte[] FleetFile(int bytes, int seed) => FleetFile(bytes, seed, string.Empty, _ => false);

    /// <summary>A file of that size of the fleet in which some messages, by their number, are the subject's.</summary>
    public static byte[] FleetFile(int bytes, int seed, string subject, Func<int, bool> isSubjects)
    {
        var random = new Random(seed);
        return File(bytes, seed, message => Sender.Of(isSubjects(message) ? subject : Telemetry.IdOf(random.Next(Telemetry.Devices))));
    }

    public static int Mebibytes(double count) => (int)(count * Mebibyte);

    /// <summary>Plants a file under so many names, as the hub gives them; it is held once. The names.</summary>
    public async Task<IReadOnlyList<string>> PlantAsync(byte[] file, int copies)
    {
        List<string> names = [.. Enumerable.Range(_planted, copies).Select(NameOf).Order(StringComparer.Ordinal)];
        _planted += copies;
        await Sandbox.PutAsync(Account, Container, names, file);
        return names;
    }

    public ValueTask DisposeAsync() => Sandbox.DisposeAsync();

    private static string NameOf(int number) =>
        string.Create(
            CultureInfo.InvariantCulture,
            $"contoso-hub/{number % Partitions:d2}/{Start.AddMinutes(number / Partitions):yyyy/MM/dd/HH/mm}"
        );
}
