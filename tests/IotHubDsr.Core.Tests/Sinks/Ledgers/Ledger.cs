using System.Globalization;

namespace IotHubDsr.Core.Tests.Sinks.Ledgers;

/// <summary>The folder of a ledger: pages of lines, each with a device first, and the orders that the clerk has.</summary>
internal sealed class Ledger(string folder)
{
    private const string Accepted = "accepted";
    private const string Done = "done";
    private const string Refused = "refused";

    public string Folder => folder;

    public IReadOnlyList<string> Pages => [.. Directory.GetFiles(folder, "*.page").Order(StringComparer.Ordinal)];

    public IReadOnlyList<string> Orders => [.. Files().Select(file => Path.GetFileNameWithoutExtension(file)).Distinct()];

    /// <summary>Lines of a device on a page.</summary>
    public static int CountOn(string page, string deviceId) => File.ReadAllLines(page).Count(line => DeviceOf(line) == deviceId);

    /// <summary>Gives an order, and returns its number.</summary>
    public string Order(IEnumerable<string> deviceIds)
    {
        string number = (Orders.Count + 1).ToString("D4", CultureInfo.InvariantCulture);
        File.WriteAllLines(PathOf(number, Accepted), deviceIds);
        return number;
    }

    /// <summary>Whether an order was carried out; null while it was not, and is to be.</summary>
    public bool? StateOf(string number) =>
        File.Exists(PathOf(number, Done)) ? true
        : File.Exists(PathOf(number, Refused)) ? false
        : null;

    /// <summary>The clerk carries out what was ordered.</summary>
    public void CarryOut()
    {
        foreach (string order in Files(Accepted))
        {
            HashSet<string> devices = [.. File.ReadAllLines(order)];
            foreach (string page in Pages)
                File.WriteAllLines(page, File.ReadAllLines(page).Where(line => !devices.Contains(DeviceOf(line))));
            File.Move(order, Path.ChangeExtension(order, Done));
        }
    }

    /// <summary>The clerk says that what was ordered is carried out, and has done nothing.</summary>
    public void PretendToCarryOut() => Close(Done);

    /// <summary>The clerk will not carry out what was ordered.</summary>
    public void Refuse() => Close(Refused);

    private void Close(string state)
    {
        foreach (string order in Files(Accepted))
            File.Move(order, Path.ChangeExtension(order, state));
    }

    private string PathOf(string number, string state) => Path.Combine(folder, $"{number}.{state}");

    private IEnumerable<string> Files(string? state = null) =>
        Directory.GetFiles(folder).Where(file => !file.EndsWith(".page") && (state is null || file.EndsWith($".{state}")));

    private static string DeviceOf(string line) => line.Split('\t')[0];
}
