using IotHubDsr.Core.Evidence.Plans;

namespace IotHubDsr.Core.Tests.Evidence.Plans;

public sealed class PersonNameTests
{
    [Theory]
    [InlineData("Ana Lopez", "ana lopez")]
    [InlineData("Ana Lopez", "\u0410na Lopez")] // Cyrillic A
    [InlineData("Ana Lopez", "An\u0430 L\u043Epez")]
    [InlineData("Ana Lopez", "\u0391na Lopez")] // Greek A
    [InlineData("Ana Lopez", "Ana\u200B Lo\u00ADpez\u2060")]
    [InlineData("Ana Lopez", "Ana  Lopez\u202E")]
    [InlineData("Ana Lopez", "Ana L\u00F3pez")]
    [InlineData("Ana Lopez", "Ana Lo\u0301pez")]
    [InlineData("Ana Lopez", "\uFF21\uFF4E\uFF41 Lopez")] // full width
    [InlineData("Ana Lopez", "\U0001D400na Lopez")] // mathematical bold
    [InlineData("Ana Lopez", "Lopez, Ana")]
    [InlineData("Ana Lopez", "ana.lopez@contoso.com")]
    [InlineData("Ana Lopez", "CONTOSO\\ana.lopez")]
    [InlineData("Ana Lopez", "CN=Ana Lopez, O=Contoso, C=ES")]
    [InlineData("CN=Ana Lopez", "O=Contoso, cn = ana lopez")]
    [InlineData("Ana Lopez", "/C=ES/CN=Ana Lopez")]
    [InlineData("Ana Lopez", "Ana L0pez")]
    [InlineData("Ilya Bell", "llya BeII")]
    [InlineData("Bernard", "Bemard")]
    [InlineData("\u0421\u043E\u0441\u043E", "Coco")] // all Cyrillic
    [InlineData("Lukasz", "\u0141ukasz")]
    [InlineData("Lisa", "\uA4E1isa")] // Lisu
    public void IsAlike_NameThatAReaderTakesForTheOther_Is(string one, string other)
    {
        Assert.True(PersonName.IsAlike(one, other));
        Assert.True(PersonName.IsAlike(other, one));
    }

    [Theory]
    [InlineData("Ana Lopez", "Ben Okri")]
    [InlineData("Ana Lopez", "Anna Lopez")]
    [InlineData("Ana Lopez", "Ana Perez")]
    [InlineData("root", "ben")]
    [InlineData("CN=Ana Lopez, O=Contoso", "CN=Ben Okri, O=Contoso")]
    [InlineData("\u5C71\u7530\u592A\u90CE", "\u5C71\u7530\u6B21\u90CE")]
    [InlineData("\u200B", "\u2060")]
    [InlineData("...", "---")]
    public void IsAlike_OtherNames_AreNot(string one, string other) => Assert.False(PersonName.IsAlike(one, other));

    [Theory]
    [InlineData("An\u0430 Lopez", "U+0430, Cyrillic")]
    [InlineData("Z\u200B\u03BFe", "U+03BF, Greek")]
    [InlineData("Ben Okri", null)]
    [InlineData("\u0410\u043D\u043D\u0430 (IT)", null)]
    [InlineData("\u7530\u4E2D Taro", null)]
    [InlineData("Jos\u00E9 \u0141ukasz", null)]
    public void MixedLetter_WordOfTwoAlphabets_IsNamed(string name, string? letter)
    {
        if (letter is null)
            Assert.Null(PersonName.MixedLetter(name));
        else
            Assert.Contains(letter, PersonName.MixedLetter(name), StringComparison.Ordinal);
    }
}
