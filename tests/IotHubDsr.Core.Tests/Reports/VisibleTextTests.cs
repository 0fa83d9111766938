using CsCheck;
using IotHubDsr.Reports;

namespace IotHubDsr.Core.Tests.Reports;

public sealed class VisibleTextTests
{
    [Theory]
    [InlineData("plain ä 漢字 שלום 👩‍👧", "plain ä 漢字 שלום 👩‍👧")]
    [InlineData("a\tb\nc", "a\tb\nc")]
    [InlineData("a\r\nb\rc", "a\nb␍c")]
    [InlineData("\0\u001B[31m\u007F\u0085", "␀␛[31m␡⟨U+0085⟩")]
    [InlineData("\u202Egnp.exe\u2069\u200F", "⟨U+202E⟩gnp.exe⟨U+2069⟩⟨U+200F⟩")]
    [InlineData("\uFEFF\u2028\uFFFF\uFDD0", "⟨U+FEFF⟩⟨U+2028⟩⟨U+FFFF⟩⟨U+FDD0⟩")]
    public void Of_ShowsWhatARendererWouldObey(string text, string shown) => Assert.Equal(shown, VisibleText.Of(text));

    [Fact]
    public void Of_HalvesOfPairs_AreShownByNumber()
    {
        Assert.Equal("⟨U+D800⟩a", VisibleText.Of("\uD800a"));
        Assert.Equal("⟨U+DC00⟩⟨U+DC00⟩", VisibleText.Of("\uDC00\uDC00"));
    }

    [Fact]
    public void Of_AnyText_IsWellFormedAndShownOnce() => Gen.String.Sample(text =>
    {
        string shown = VisibleText.Of(text);
        Assert.Equal(shown, VisibleText.Of(shown));
        Assert.DoesNotContain(shown, character => char.IsControl(character) && character is not ('\n' or '\t'));
    });
}
