using System.Text;
using System.Text.Json;
using IotHubDsr.Core.Foundation;

namespace IotHubDsr.Core.Tests.Evidence.Plans;

/// <summary>What is written in one pass is canonical, or refused.</summary>
public sealed class CanonicalWriterTests
{
    [Fact]
    public void Write_EveryKindOfValue_IsItsCanonicalForm()
    {
        byte[] written = CanonicalWriter.ToArray(writer =>
        {
            writer.StartObject();
            writer.Member("at", new DateTimeOffset(2026, 1, 2, 3, 4, 5, 678, TimeSpan.FromHours(2)));
            writer.Name("list");
            writer.StartArray();
            writer.Number(0.25);
            writer.StartObject();
            writer.EndObject();
            writer.StartArray();
            writer.EndArray();
            writer.Text(null);
            writer.Base64([251, 255]);
            writer.EndArray();
            writer.Member("number", long.MaxValue);
            writer.Member("text", "\"\u0001é😀");
            writer.Member("yes", true);
            writer.EndObject();
        });

        Assert.Equal(
            """{"at":"2026-01-02T01:04:05.6780000Z","list":[0.25,{},[],null,"+/8="],"number":9223372036854776000,"text":"\"\u0001é😀","yes":true}""",
            Encoding.UTF8.GetString(written)
        );
        using var read = JsonDocument.Parse(written);
        Assert.True(CanonicalJson.IsCanonical(written, read.RootElement));
    }

    [Theory]
    [InlineData("b", "a")]
    [InlineData("a", "a")]
    [InlineData("\ufb33", "\ud83d\ude00")]
    public void Name_NotAfterTheOneBefore_IsRefused(string first, string second) =>
        Assert.Throws<JsonException>(() =>
            CanonicalWriter.ToArray(writer =>
            {
                writer.StartObject();
                writer.Name(first);
                writer.StartObject();
                writer.Member(second, 1);
                writer.EndObject();
                writer.Name(second);
            })
        );

    [Theory]
    [InlineData('a', '\ud83d')]
    [InlineData('\ude00', 'b')]
    public void Text_ThatIsNotUnicode_IsRefused(char first, char second) =>
        Assert.Throws<JsonException>(() => CanonicalWriter.ToArray(writer => writer.Text(new string([first, second]))));

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(49_151)]
    [InlineData(49_152)]
    [InlineData(49_153)]
    [InlineData(200_000)]
    public void Base64_AnyLength_IsWhole(int length)
    {
        byte[] bytes = new byte[length];
        new Random(length).NextBytes(bytes);

        Assert.Equal(
            $"\"{Convert.ToBase64String(bytes)}\"",
            Encoding.UTF8.GetString(CanonicalWriter.ToArray(writer => writer.Base64(bytes)))
        );
    }

    [Theory]
    [InlineData(0)]
    [InlineData(65_533)]
    [InlineData(65_534)]
    [InlineData(65_535)]
    [InlineData(150_000)]
    public void IsWritten_OneByteDiffers_IsSeen(int length)
    {
        byte[] text = Encoding.ASCII.GetBytes($"\"{new string('a', length)}\"");
        byte[] changedAtTheEnd = [.. text[..^2], (byte)'b', (byte)'"'];

        Assert.True(IsWritten(text));
        Assert.False(IsWritten([.. text, (byte)' ']));
        Assert.False(IsWritten(text[..^1]));
        Assert.False(IsWritten([]));
        Assert.False(IsWritten(changedAtTheEnd));

        bool IsWritten(byte[] bytes) => CanonicalWriter.IsWritten(bytes, writer => writer.Text(new string('a', length)));
    }
}
