package org.defconfiji.wire;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.defconfiji.protocol.ClientMessage;
import org.defconfiji.protocol.GetModelCard;
import org.defconfiji.protocol.InstallModel;
import org.defconfiji.protocol.Model;
import org.defconfiji.protocol.ModelReply;
import org.defconfiji.protocol.RemoveModel;
import org.defconfiji.protocol.ServerMessage;
import org.defconfiji.protocol.SetDefaultModel;

/** A connection's questions about the daemon's models, and changes to them. */
public final class Models {
  private final Questions questions;

  Models(Questions questions) {
    this.questions = questions;
  }

  /**
   * Installs a model for the user. The daemon reads it completely before it is installed.
   *
   * @param path absolute, on the daemon's machine
   * @param name its new name; empty for the name of the file
   * @param replace whether it may replace a model of that name that the user installed
   * @return its name and all models after the change
   * @throws RefusedException it is not a valid model (MODEL_FORMAT ...), or the name is taken
   *     (MODEL_NAME)
   */
  public Changed install(String path, String name, boolean replace) throws WireException {
    return questions.ask(
        request ->
            ClientMessage.newBuilder()
                .setInstallModel(
                    InstallModel.newBuilder().setRequest(request).setPath(path).setName(name).setReplace(replace)),
        Models::changed);
  }

  /**
   * Removes a model that the user installed.
   *
   * @throws RefusedException MODEL_NOT_FOUND, MODEL_FIXED
   */
  public Changed remove(String name) throws WireException {
    return questions.ask(
        request ->
            ClientMessage.newBuilder().setRemoveModel(RemoveModel.newBuilder().setRequest(request).setName(name)),
        Models::changed);
  }

  /**
   * Sets the default model, which counts when none is named. The choice is permanent.
   *
   * @throws RefusedException MODEL_NOT_FOUND
   */
  public Changed setDefault(String name) throws WireException {
    return questions.ask(
        request ->
            ClientMessage.newBuilder()
                .setSetDefaultModel(SetDefaultModel.newBuilder().setRequest(request).setName(name)),
        Models::changed);
  }

  /**
   * Reads the card of a model.
   *
   * @throws RefusedException MODEL_NOT_FOUND
   */
  public ModelCard card(String name) throws WireException {
    return questions.ask(
        request ->
            ClientMessage.newBuilder().setGetModelCard(GetModelCard.newBuilder().setRequest(request).setName(name)),
        message ->
            new ModelCard(message.getModelCard().getCard(), message.getModelCard().getPicture().toByteArray()));
  }

  private static Changed changed(ServerMessage message) {
    ModelReply reply = message.getModelReply();
    return new Changed(reply.getName(), infos(reply.getModelsList()));
  }

  static List<ModelInfo> infos(List<Model> models) {
    List<ModelInfo> infos = new ArrayList<>();
    for (Model model : models) infos.add(new ModelInfo(model));
    return Collections.unmodifiableList(infos);
  }

  /** The outcome of a change. */
  public static final class Changed {
    private final String name;
    private final List<ModelInfo> models;

    Changed(String name, List<ModelInfo> models) {
      this.name = name;
      this.models = models;
    }

    /** The name of the changed model. */
    public String name() {
      return name;
    }

    /** All models after the change, the default first. */
    public List<ModelInfo> models() {
      return models;
    }
  }
}
