// the language of the page as a whole follows the one that is chosen
const chosen = () => {
  const language = document.querySelector("#chinese").checked ? "zh-Hans" : "en";
  document.documentElement.lang = language;
  document.title = document.querySelector(`h1 [lang="${language}"]`).textContent;
};
document.querySelector(".language").addEventListener("change", chosen);
chosen();
