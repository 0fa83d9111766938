using IotHubDsr.Core.Evidence.Plans;

namespace IotHubDsr.Core.Tests.Evidence.Plans;

public sealed class PlanFileTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("plan-tests-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task Save_FreePath_CanBeReadAgainAndNothingElseIsLeft()
    {
        string path = In("a.json");

        ErasurePlan saved = await PlanFile.SaveAsync(PlanDocument.Seal(PlanGen.Small), path, CancellationToken.None);
        ErasurePlan read = await PlanFile.ReadAsync(path, CancellationToken.None);

        Assert.Equal((path, path, saved.Digest), (saved.Path, read.Path, read.Digest));
        Assert.Equal([path], Directory.GetFileSystemEntries(_folder));
    }

    [Fact]
    public async Task Save_PathExists_IsRefusedAndTheFileStays()
    {
        string path = In("a.json");
        await File.WriteAllTextAsync(path, "mine");

        Assert.Equal("PlanNotSaved", await FaultOf(() => PlanFile.SaveAsync(PlanGen.Small, path, CancellationToken.None)));

        Assert.Equal("mine", await File.ReadAllTextAsync(path));
        Assert.Equal([path], Directory.GetFileSystemEntries(_folder));
    }

    [Theory]
    [InlineData("missing/a.json")]
    [InlineData("file/a.json")]
    public async Task Save_FolderCannotBeWrittenTo_IsRefused(string name)
    {
        await File.WriteAllTextAsync(In("file"), string.Empty);

        Assert.Equal("PlanNotSaved", await FaultOf(() => PlanFile.SaveAsync(PlanGen.Small, In(name), CancellationToken.None)));

        Assert.Equal([In("file")], Directory.GetFileSystemEntries(_folder));
    }

    [Fact]
    public async Task Save_Stopped_LeavesNothing()
    {
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() =>
            PlanFile.SaveAsync(PlanGen.Small, In("a.json"), new CancellationToken(canceled: true))
        );

        Assert.Empty(Directory.GetFileSystemEntries(_folder));
    }

    [Fact]
    public void RequireFree_FileOrFolderIsThere_IsRefused()
    {
        PlanFile.RequireFree(In("a.json"));

        Assert.Equal("PlanNotSaved", Assert.Throws<DsrException>(() => PlanFile.RequireFree(_folder)).Fault.Id);
    }

    [Theory]
    [InlineData("missing.json")]
    [InlineData("missing/a.json")]
    [InlineData("")]
    public async Task Read_NoFile_IsNoPlan(string name) =>
        Assert.Equal("InvalidPlan", await FaultOf(() => PlanFile.ReadAsync(In(name), CancellationToken.None)));

    private string In(string name) => Path.Combine(_folder, name);

    private static async Task<string> FaultOf(Func<Task> action) => (await Assert.ThrowsAsync<DsrException>(action)).Fault.Id;
}
