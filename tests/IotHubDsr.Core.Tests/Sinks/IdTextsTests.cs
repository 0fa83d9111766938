using IotHubDsr.Core.Sinks;

namespace IotHubDsr.Core.Tests.Sinks;

/// <summary>What texts of unknown form say of a device: most punctuation can be a part of an ID.</summary>
public sealed class IdTextsTests
{
    [Theory]
    [InlineData("dev1", nameof(IdMention.Certain))]
    [InlineData("after dev1 left", nameof(IdMention.Certain))]
    [InlineData("/devices/dev1/x", nameof(IdMention.Certain))]
    [InlineData("deviceId = 'dev1'", nameof(IdMention.Certain))]
    [InlineData("deviceId IN [\"a\", \"dev1\"]", nameof(IdMention.Certain))]
    [InlineData("{\"deviceId\":\"dev1\",\"cut", nameof(IdMention.Certain))]
    [InlineData("dev1@home and x", nameof(IdMention.Possible))]
    [InlineData("dev1,dev2", nameof(IdMention.Possible))]
    [InlineData("deviceId:dev1", nameof(IdMention.Possible))]
    [InlineData("it was dev1.", nameof(IdMention.Possible))]
    [InlineData("it's dev1's turn", nameof(IdMention.Possible))]
    [InlineData("SELECT dev1 FROM devices", nameof(IdMention.Possible))]
    [InlineData("dev1 = 'x'", nameof(IdMention.Possible))]
    [InlineData("devices%2Fdev1", nameof(IdMention.Possible))]
    [InlineData(@"of \u0027dev1\u0027", nameof(IdMention.Possible))]
    [InlineData(@"a\ndev1", nameof(IdMention.Possible))]
    [InlineData("dev1@home", nameof(IdMention.None))]
    [InlineData("x = 'dev1@home' or 'dev1,2'", nameof(IdMention.None))]
    [InlineData("x = 'dev1''s' or 'dev1\\'s'", nameof(IdMention.None))]
    [InlineData("dev10, Dev1, dev1-2, dev1_2, xdev1, 1:dev1, dev1.2, dev1:2", nameof(IdMention.None))]
    public void Text_NamesTheDevice_AsSurelyAsNobodyCanReadItOtherwise(string text, string expected)
    {
        var texts = DocumentTexts.OfText(text);

        Assert.Equal(expected, texts.MentionOf("dev1", StringComparison.Ordinal).ToString());
        Assert.Equal(expected != nameof(IdMention.None), IdTexts.Holds(text, "dev1", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("""{"text":"x = 'it''s'"}""", "it's", nameof(IdMention.Certain))]
    [InlineData("""{"text":"{\"id\":\"it\\u0027s\"}"}""", "it's", nameof(IdMention.Certain))]
    [InlineData("""{"text":"/devices/it%27s"}""", "it's", nameof(IdMention.Possible))]
    [InlineData("""{"protocol":"Mqtt"}""", "t", nameof(IdMention.None))]
    [InlineData("""{"protocol":"Mqtt"}""", "protocol", nameof(IdMention.Possible))]
    [InlineData("""{"id":"it\u0027s","cut""", "it's", nameof(IdMention.Certain))]
    public void Document_NamesADevice_InItsTexts_AndNeverCertainlyInItsNames(string document, string deviceId, string expected) =>
        Assert.Equal(expected, DocumentTexts.OfText(document).MentionOf(deviceId, StringComparison.Ordinal).ToString());
}
