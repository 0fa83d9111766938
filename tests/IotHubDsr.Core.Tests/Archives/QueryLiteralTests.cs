using System.Text;
using IotHubDsr.Core.Archives;
using IotHubDsr.Core.Archives.Json;
using IotHubDsr.Core.Records;

namespace IotHubDsr.Core.Tests.Archives;

/// <summary>Device IDs in the text of a query, as logs keep it.</summary>
public sealed class QueryLiteralTests
{
    [Theory]
    [InlineData("SELECT * FROM devices WHERE deviceId = 'dev1'", true)]
    [InlineData("SELECT * FROM devices WHERE deviceId IN ['a', 'dev1']", true)]
    [InlineData("WHERE deviceId=\"dev1\"", true)]
    [InlineData("WHERE a = '' AND deviceId = 'dev1'", true)]
    [InlineData("WHERE a = 'it\\'s' AND deviceId = 'dev1'", true)]
    [InlineData("WHERE a = 'it''s' AND deviceId = 'dev1'", true)]
    [InlineData("WHERE deviceId = 'Dev1'", false)]
    [InlineData("WHERE deviceId = 'dev10'", false)]
    [InlineData("WHERE deviceId = dev1", true)]
    [InlineData("WHERE tags.members.dev1 = true", true)]
    [InlineData("WHERE tags.members.dev1=true AND tags.x = 'y'", true)]
    [InlineData("WHERE tags.members.dev10 = true AND tags.members.x-dev1 = 1", false)]
    [InlineData("WHERE configurations.[[dev1]].status = 'Applied'", true)]
    [InlineData("WHERE tags.note = 'about \"dev1\"'", true)]
    [InlineData("WHERE tags.j = '{\"id\":\"dev1\"}'", true)]
    [InlineData("WHERE tags.path = 'plant7/dev1'", true)]
    [InlineData("WHERE tags.path = 'plant7/dev10' AND tags.y = 'dev1-x'", false)]
    [InlineData("WHERE tags.y = '(dev1)'", false)]
    [InlineData("WHERE deviceId = 'dev1", false)]
    [InlineData("", false)]
    public void Query_NamesTheDevice_AsAWholeNameOrWord(string query, bool names) => Assert.Equal(names, Mentions(query, "dev1"));

    [Theory]
    [InlineData("WHERE deviceId = 'it\\'s'", "it's")]
    [InlineData("WHERE deviceId = 'it''s'", "it's")]
    [InlineData("WHERE deviceId = \"it's\"", "it's")]
    [InlineData("WHERE deviceId = 'say \"x\"'", "say \"x\"")]
    public void Query_EscapedQuotes_ArePartOfTheId(string query, string deviceId) => Assert.True(Mentions(query, deviceId));

    [Theory]
    [InlineData("SELECT deviceId FROM devices WHERE tags.floor > 7", "devices")]
    [InlineData("SELECT deviceId FROM devices WHERE tags.floor > 7", "WHERE")]
    [InlineData("SELECT deviceId FROM devices WHERE tags.floor > 7", "7")]
    [InlineData("SELECT deviceId FROM devices WHERE tags.floor > 1.7", "7")]
    public void Query_WordsOfTheLanguage_AndNumbers_NameNobody(string query, string deviceId) => Assert.False(Mentions(query, deviceId));

    [Fact]
    public async Task Scan_RowOfAQuery_IsAMentionAndStaysUnlessAskedFor()
    {
        const string Row =
            """{"time":"2026-01-05T08:00:00Z","resourceId":"/r","category":"TwinQueries","properties":"{\"query\":\"SELECT * FROM devices WHERE deviceId = 'dev1'\"}"}"""
            + "\n";
        var subjects = new SubjectIndex(["dev1"]);

        ArchiveScan scan = await ArchiveFormats.ScanAsync(File(Row), new ScanRequest(subjects), CancellationToken.None);
        var kept = new MemoryStream();
        ArchiveRewrite unasked = await ArchiveFormats.RewriteAsync(File(Row), kept, new RecordSelection(subjects), CancellationToken.None);
        ArchiveRewrite asked = await ArchiveFormats.RewriteAsync(
            File(Row),
            Stream.Null,
            new RecordSelection(subjects, WithBody: true),
            CancellationToken.None
        );

        SubjectMatches found = Assert.Single(scan.Subjects);
        Assert.Equal((0L, 1L), (found.Own.Records, found.Mentioned.Records));
        Assert.Equal((0L, Row), (unasked.RecordsRemoved, Encoding.UTF8.GetString(kept.ToArray())));
        Assert.Equal(1, asked.RecordsRemoved);
    }

    private static MemoryStream File(string text) => new(Encoding.UTF8.GetBytes(text));

    private static bool Mentions(string query, string deviceId)
    {
        var matcher = new RecordMatcher(new SubjectIndex([deviceId]));
        matcher.NeedsNoSender();
        QueryLiterals.Read(Encoding.UTF8.GetBytes(query), matcher);
        return matcher.HasMatch;
    }
}
