using IotHubDsr.Core.Archives;
using IotHubDsr.Core.Records;

namespace IotHubDsr.Core.Tests.Archives;

public sealed class MatchingTests
{
    private static readonly SubjectIndex Subjects = new(["leaf-1", "gw-1"]);

    [Theory]
    [InlineData("leaf-1", "", "", "leaf-1 Own")]
    [InlineData("leaf-1", "leaf-1", "", "leaf-1 Own")]
    [InlineData("leaf-1", "leaf-1", "leaf-1", "leaf-1 Own")]
    [InlineData("leaf-1", "other", "", "leaf-1 Relayed")]
    [InlineData("leaf-1", "", "other", "leaf-1 Relayed")]
    [InlineData("leaf-1", "leaf-1", "other", "leaf-1 Relayed")]
    [InlineData("leaf-1", "Leaf-1", "", "leaf-1 Relayed")]
    [InlineData("other", "leaf-1", "", "leaf-1 Attributed")]
    [InlineData("other", "", "leaf-1", "leaf-1 Attributed")]
    [InlineData("gw-1", "leaf-1", "", "gw-1 Relayed, leaf-1 Attributed")]
    [InlineData("other", "leaf-1", "gw-1", "leaf-1 Mentioned, gw-1 Mentioned")]
    [InlineData("other", "leaf-1", "third", "leaf-1 Mentioned")]
    [InlineData("other", "third", "leaf-1", "leaf-1 Mentioned")]
    [InlineData("gw-1", "leaf-1", "third", "gw-1 Relayed, leaf-1 Mentioned")]
    [InlineData("gw-1", "gw-1", "leaf-1", "gw-1 Relayed, leaf-1 Attributed")]
    [InlineData(null, "leaf-1", "", "leaf-1 Attributed")]
    [InlineData(null, "", "", "")]
    [InlineData("other", "other", "", "")]
    [InlineData("LEAF-1", "leaf-10", "leaf-", "")]
    public void Resolve_SenderAndProperties_GivesOneKindPerSubject(
        string? sender,
        string deviceId,
        string connectionDeviceId,
        string expected
    )
    {
        var matcher = new RecordMatcher(Subjects);
        matcher.Reset();
        matcher.AddAttribution(System.Text.Encoding.UTF8.GetBytes(deviceId));
        if (sender is not null)
            matcher.AddSender(System.Text.Encoding.UTF8.GetBytes(sender), SenderSource.System);

        matcher.AddAttribution(System.Text.Encoding.UTF8.GetBytes(connectionDeviceId));

        IEnumerable<string> matches = matcher.Resolve(default).ToArray().Select(m => $"{Subjects[m.Subject]} {m.Kind}");
        Assert.Equal(expected.Split(", ", StringSplitOptions.RemoveEmptyEntries).Order(), matches.Order());
    }

    [Theory]
    [InlineData("/subscriptions/s/providers/Microsoft.Devices/IotHubs/mine", null, true, false)]
    [InlineData("/subscriptions/s/providers/Microsoft.Devices/IotHubs/theirs", null, false, false)]
    [InlineData(
        "/subscriptions/s/providers/Microsoft.Devices/IotHubs/mine",
        "/subscriptions/s/providers/Microsoft.Devices/IotHubs/theirs",
        false,
        true
    )]
    [InlineData(
        "/subscriptions/s/providers/Microsoft.Devices/IotHubs/theirs",
        "/subscriptions/s/providers/Microsoft.Devices/IotHubs/mine",
        false,
        true
    )]
    [InlineData(
        "/subscriptions/s/providers/Microsoft.Devices/IotHubs/theirs",
        "/subscriptions/s/providers/Microsoft.Storage/storageAccounts/a",
        false,
        false
    )]
    public void Match_RecordNamesItsHubTwice_CannotBeTold(string source, string? other, bool isMatch, bool isUnread)
    {
        var matcher = new RecordMatcher(SubjectIndex.Of([new Subject("leaf-1")], new RecordOrigin("mine")));
        matcher.Reset();
        matcher.AddSender("leaf-1"u8, SenderSource.Field);
        matcher.AddSource(System.Text.Encoding.UTF8.GetBytes(source));
        if (other is not null)
            matcher.AddSource(System.Text.Encoding.UTF8.GetBytes(other));

        Assert.Equal((isMatch, isUnread), (matcher.HasMatch, matcher.IsUnread));
    }

    [Fact]
    public void TryFind_ManySubjects_FindsExactlyThose()
    {
        string[] ids = Enumerable.Range(0, 100_000).Select(i => $"device-{i}").ToArray();
        var index = new SubjectIndex(ids.Concat(ids));

        Assert.Equal(ids.Length, index.Count);
        for (int i = 0; i < ids.Length; i++)
        {
            Assert.True(index.TryFind(System.Text.Encoding.UTF8.GetBytes(ids[i]), out int subject));
            Assert.Equal(ids[i], index[subject]);
        }

        Assert.False(index.TryFind("device-100000"u8, out _));
        Assert.False(index.TryFind("Device-1"u8, out _));
        Assert.False(index.TryFind(""u8, out _));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Rewrite_RelayedRecord_StaysUnlessAskedFor(bool include)
    {
        byte[] file = ApacheAvro.Write([Message.From("gw-1", ("deviceId", "leaf-9")), Message.From("gw-1")]);
        (ArchiveRewrite? rewrite, byte[] _) = await Archive.RewriteAsync(file, new RecordSelection(new SubjectIndex(["gw-1"]), include));

        Assert.Equal(include ? 2 : 1, rewrite.RecordsRemoved);
        Assert.Equal(include ? 1 : 0, rewrite.Removed.Single().Relayed.Records);
        Assert.Equal(include ? 0 : 1, rewrite.Retained.Sum(s => s.Relayed.Records));
    }
}
