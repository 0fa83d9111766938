using System.Text;
using IotHubDsr.Core.Evidence.Plans;
using IotHubDsr.Core.Packages;

namespace IotHubDsr.Core.Tests.Evidence.Plans;

/// <summary>Names as long as the file system takes.</summary>
public sealed class TemporaryNameTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("long-names-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    public static TheoryData<string> Names =>
        [new string('a', 250), new string('a', 255), new string('\u00E9', 125), string.Concat(Enumerable.Repeat("\U0001F600", 60))];

    [Theory]
    [MemberData(nameof(Names))]
    public async Task Save_LegalNameOfAnyLength_IsWrittenAndLeavesNothingElse(string name)
    {
        Assert.InRange(Encoding.UTF8.GetByteCount(name), 240, 255);

        await PlanFile.SaveAsync([1], Path.Combine(_folder, name), FaultCatalogue.FileNotWritten, CancellationToken.None);

        Assert.Equal([name], Directory.GetFileSystemEntries(_folder).Select(Path.GetFileName));
    }

    [Theory]
    [MemberData(nameof(Names))]
    public async Task Package_LegalNameOfAnyLength_IsWrittenAndLeavesNothingElse(string name)
    {
        await using (var package = PackageWriter.Create(Path.Combine(_folder, name), asZip: false))
            await package.CompleteAsync(new BagInfo("id", "text", DateTimeOffset.UnixEpoch), CancellationToken.None);

        Assert.Equal([name], Directory.GetFileSystemEntries(_folder).Select(Path.GetFileName));
    }
}
