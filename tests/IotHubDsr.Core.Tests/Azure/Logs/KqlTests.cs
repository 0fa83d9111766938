using IotHubDsr.Core.Azure.Logs;

namespace IotHubDsr.Core.Tests.Azure.Logs;

/// <summary>Values in queries stand for themselves, whatever they hold.</summary>
public sealed class KqlTests
{
    [Theory]
    [InlineData("dev1", "\"dev1\"")]
    [InlineData("it's", "\"it's\"")]
    [InlineData("a\"b", "\"a\\\"b\"")]
    [InlineData("a\\b", "\"a\\\\b\"")]
    [InlineData("100%", "\"100%\"")]
    [InlineData("a\r\nb\u2028", "\"a\\u000d\\u000ab\\u2028\"")]
    [InlineData("Zoë \U0001F600", "\"Zoë \U0001F600\"")]
    [InlineData("", "\"\"")]
    public void Text_IsOneLiteral(string value, string literal) => Assert.Equal(literal, Kql.Text(value));

    [Fact]
    public void Text_HalfOfAPair_IsNotLost() => Assert.Equal("\"half \\ud800\"", Kql.Text("half \ud800"));

    [Fact]
    public void Name_HoldsAnything() => Assert.Equal(@"['odd-name\'s \\ ""end""']", Kql.Name(@"odd-name's \ ""end"""));

    [Fact]
    public void Time_IsToTheTick() =>
        Assert.Equal(
            "datetime(2026-03-31T23:30:00.0000001Z)",
            Kql.Time(new DateTimeOffset(2026, 4, 1, 1, 30, 0, TimeSpan.FromHours(2)).AddTicks(1))
        );

    [Fact]
    public void Texts_AreAListInParentheses() => Assert.Equal("(\"a\", \"it's\")", Kql.Texts(["a", "it's"]));
}
